import { spawn } from "node:child_process";

const PROGRAMS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ["open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

/** Opens a page in the person's browser; where there is none, the printed address has to do. */
export function openPage(address: string): void {
  const [program, ...before] = PROGRAMS[process.platform] ?? ["xdg-open"];
  spawn(program, [...before, address], { stdio: "ignore", detached: true })
    .on("error", () => {}) // no such program
    .unref();
}
