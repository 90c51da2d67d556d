-- Each thread logs points of its own: a thread counts, and its number is part of the key.
local threads = 0
function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end
function init(args)
  run_id = args[1]
  step = 0
end
function request()
  step = step + 1
  local body = string.format(
    '{"run_uuid":"%s","run_id":"%s","key":"writer-%d","value":%d.5,"timestamp":%d,"step":%d}',
    run_id, run_id, number, step, 1700000000000 + step, step)
  return wrk.format("POST", "/api/2.0/mlflow/runs/log-metric", { ["Content-Type"] = "application/json" }, body)
end
function response(status)
  if status == 200 then ok = (ok or 0) + 1 elseif status >= 500 then faults = (faults or 0) + 1 end
end
local all = {}
local plain = setup
function setup(thread)
  plain(thread)
  table.insert(all, thread)
end
function done(summary, latency)
  local good, bad = 0, 0
  for _, thread in ipairs(all) do
    good = good + (thread:get("ok") or 0)
    bad = bad + (thread:get("faults") or 0)
  end
  io.write(string.format(
    '{"ok":%d,"faults":%d,"seconds":%f,"p99Ms":%f}\n',
    good, bad, summary.duration / 1e6, latency:percentile(99) / 1000))
end
