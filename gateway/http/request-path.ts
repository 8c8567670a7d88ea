/**
 * The path of a request target: without query, without scheme and host (absolute form), and without the `/<stage>`
 * that API Gateway's private integrations prepend.
 */
export function requestPath(target: string, stage: string): string {
  const origin = /^https?:\/\/[^/?#]*/i.exec(target)?.[0] ?? "";
  const path = target.slice(origin.length).split(/[?#]/, 1)[0] || "/";
  return path.startsWith(`/${stage}/`) ? path.slice(stage.length + 1) : path;
}
