/**
 * Loaded into every process of the twin before its own code: when the twin ends without stopping it
 * (SIGKILL, a crash), the process gets a SIGTERM instead of running on unseen.
 */
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, "SIGTERM");
}, 1000).unref();
