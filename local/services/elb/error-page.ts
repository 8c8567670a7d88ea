import type { ServerResponse } from "node:http";
import { respond } from "../../http/server.ts";

/** A load balancer's own error: the page that AWS sends. @param title as AWS writes it, such as `Bad Gateway` */
export function errorPage(response: ServerResponse, status: number, title: string): void {
  const text = `${status} ${title}`;
  const lines = [
    "<html>",
    `<head><title>${text}</title></head>`,
    "<body>",
    `<center><h1>${text}</h1></center>`,
    "</body>",
    "</html>",
    "",
  ];
  respond(response, status, { "content-type": "text/html", server: "awselb/2.0" }, lines.join("\r\n"));
}
