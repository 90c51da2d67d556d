/** One line of progress of long work. A surface shows the latest; nothing depends on it. */
export interface Progress {
  /** What is being done, as the reader says it: `training: trial 3 of 8`. */
  readonly text: string;
  /** Share done, 0 to 1, when it is known. */
  readonly share?: number;
}

/** Takes progress as it comes; whoever reports does not wait for it to be shown. */
export type ReportProgress = (progress: Progress) => void;
