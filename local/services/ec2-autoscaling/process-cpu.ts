import { execFile } from "node:child_process";

/** Seconds of processor time that a process has used since it started; 0 where `ps` does not know it. */
export function processCpuSeconds(pid: number): Promise<number> {
  return new Promise((resolve) => {
    execFile("ps", ["-o", "time=", "-p", String(pid)], (error, stdout) => resolve(error ? 0 : secondsOf(stdout)));
  });
}

/** `[[days-]hours:]minutes:seconds`, with hundredths on macOS. */
export function secondsOf(text: string): number {
  const [days, time] = text.includes("-") ? text.trim().split("-") : ["0", text.trim()];
  const seconds = (time ?? "").split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  return Number(days) * 86_400 + (Number.isFinite(seconds) ? seconds : 0);
}
