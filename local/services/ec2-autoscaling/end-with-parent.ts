/**
 * Loaded into every process of the twin before its own code: when the twin is gone without having said goodbye
 * (SIGKILL, a crash), the process ends as if it had been asked to, instead of living on unseen.
 */
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, "SIGTERM");
}, 1000).unref();
