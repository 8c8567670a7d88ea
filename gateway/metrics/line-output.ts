/** Takes whole lines, each with its line break. */
export interface LineOutput {
  write(text: string): unknown;
}
