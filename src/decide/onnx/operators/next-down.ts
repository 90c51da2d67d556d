const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The largest float32 below a float32: `x < t` is `x <= nextDown32(t)` (IEEE 754, nextDown). */
export function nextDown32(value: number): number {
  float[0] = value;
  const present = bits[0] as number;
  if (Number.isNaN(value) || value === Number.NEGATIVE_INFINITY) return value;
  if (float[0] === 0) bits[0] = 0x80000001 | 0;
  else bits[0] = present > 0 ? present - 1 : present + 1;
  return float[0];
}
