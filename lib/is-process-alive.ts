/** Whether there is a process with this id, of another user too. 0 and less are groups of processes, and none. */
export function isProcessAlive(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
