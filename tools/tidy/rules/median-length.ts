import type { Rule } from '../rule.ts';

/** Half of the files should fit on two screens. */
const MEDIAN_LINES_MAX = 120;

export const medianLength: Rule = {
  name: 'median-length',
  advice: `half of the files in src have under ${MEDIAN_LINES_MAX} lines: split the long ones by concept`,
  check: (files) => {
    const lengths = files
      .filter((file) => file.isProgram)
      .map((file) => file.lines.length)
      .sort((a, b) => a - b);
    const median = lengths[lengths.length >> 1] ?? 0;
    return median < MEDIAN_LINES_MAX
      ? []
      : [{ path: 'src', line: 1, found: `the median is ${median} lines` }];
  },
};
