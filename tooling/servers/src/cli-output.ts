/** Where a run of the program writes to. */
export interface CliOutput {
  /** Results. */
  out(line: string): void;
  /** What is wrong. */
  err(line: string): void;
}
