import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync, rmSync, symlinkSync } from "node:fs";

/**
 * A lock between processes, which is taken over from a process that has ended. It is a symbolic link to `<process id> <token>`: the system makes one
 * with its content, and only where none is. A lock whose process has ended is never removed to take it over, as another process may have taken it
 * meanwhile: the next lock is a further link, whose name has the token of the one before, so that a single process can make it. The last link of
 * this chain holds.
 */

/** @typedef {{ readonly path: string, readonly text: string }} Link */

/**
 * The chain of links as it is now, and the name of the next one.
 * @param {string} path
 * @returns {{ readonly links: readonly Link[], readonly next: string }}
 */
export function lockChain(path) {
  const links = [];
  for (let next = path; ; ) {
    const text = targetOf(next);
    if (text === undefined) return { links, next };
    links.push({ path: next, text });
    next = `${path}.after-${tokenOf(text)}`;
  }
}

/**
 * Takes the lock if nobody has it, or its process has ended.
 * @param {string} path in a folder that is there
 * @param {number} pid the process that has it afterwards
 * @param {ReturnType<typeof lockChain>} seen the chain as it was seen
 * @returns `undefined` while another process has it
 */
export function takeLock(path, pid = process.pid, { links, next } = lockChain(path)) {
  const last = links.at(-1);
  if (last !== undefined && !isAbandoned(path, last.text)) return undefined;
  const token = randomUUID();
  const own = `${pid} ${token}`;
  try {
    symlinkSync(own, next);
  } catch (error) {
    if (error.code === "EEXIST") return undefined;
    throw error;
  }
  // Whoever had it next has released it meanwhile, and the chain's first link with it: no other one has its token.
  if (links.length > 0 && targetOf(path) !== links[0].text) {
    rmSync(next, { force: true });
    return undefined;
  }
  const child = childOf(path, token);
  const first = links[0]?.text ?? own;
  return {
    noteChild: (childPid) => symlinkSync(String(childPid), child),
    release: () => {
      // Where somebody removed it by hand, it is another process's by now. All others have a token in their names.
      if (targetOf(path) === first) rmSync(path, { force: true });
      const further = [...links.map((each) => each.path), next].slice(1);
      for (const link of [...further, child]) rmSync(link, { force: true });
      for (const { text } of links) rmSync(childOf(path, tokenOf(text)), { force: true });
    },
  };
}

/** Whether the process has ended, and so has the child that it has noted. */
function isAbandoned(path, text) {
  const child = targetOf(childOf(path, tokenOf(text)));
  return isGone(text.split(" ", 1)[0]) && (child === undefined || isGone(child));
}

function childOf(path, token) {
  return `${path}.child-${token}`;
}

function tokenOf(text) {
  return (text.split(" ")[1] ?? "").replaceAll(/[^\w-]/g, "");
}

/** @returns `undefined` where there is no link */
function targetOf(path) {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    // Releases before wrote files.
    if (error.code === "EINVAL") return readFileSync(path, "utf8");
    throw error;
  }
}

function isGone(pid) {
  try {
    // Empty: a file that is not written yet.
    if (pid !== "") process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}
