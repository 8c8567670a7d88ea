/** The most milliseconds of the processor that this thread spends without a turn for other work, while something runs. */
export async function longestTurn(run: () => Promise<unknown>): Promise<number> {
  const spent = () => process.threadCpuUsage().user / 1000;
  let [last, longest, isOver] = [spent(), 0, false];
  const look = () => {
    const now = spent();
    longest = Math.max(longest, now - last);
    last = now;
    if (!isOver) setImmediate(look);
  };
  setImmediate(look);
  await run();
  isOver = true;
  return longest;
}
