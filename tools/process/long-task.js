/** Silence for longer than this looks like a hang. */
const REMIND_MS = 15_000;

/**
 * Says what is being done, then every quarter of a minute that it still is, then how long it took.
 *
 * @template T
 * @param {string} text what is done, as the reader says it
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function longTask(text, work) {
  const started = performance.now();
  const seconds = () => ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${text} …`);
  const reminder = setInterval(() => console.log(`${text}: still at it after ${seconds()} s`), REMIND_MS);
  try {
    return await work();
  } finally {
    clearInterval(reminder);
    console.log(`${text}: ${seconds()} s`);
  }
}
