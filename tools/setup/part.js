/**
 * A part that something needs, and whether it could be had.
 *
 * @typedef {object} Part
 * @property {string} name as a test file says it: `// needs: chromium`
 * @property {boolean} had
 * @property {string} detail where it is; or why it could not be had and what to do
 */

/**
 * @param {string} name
 * @param {string} detail
 * @returns {Part}
 */
export const had = (name, detail) => ({ name, had: true, detail });

/**
 * @param {string} name
 * @param {string} detail
 * @returns {Part}
 */
export const missing = (name, detail) => ({ name, had: false, detail });

/**
 * The last lines of an output, for a reason that fits under its heading.
 *
 * @param {string} output
 */
export function lastLines(output, count = 12) {
  return output.trimEnd().split('\n').slice(-count).join('\n');
}
