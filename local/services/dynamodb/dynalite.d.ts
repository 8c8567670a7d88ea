declare module "dynalite" {
  import type { Server } from "node:http";
  /** An HTTP server with DynamoDB's JSON protocol. */
  export default function dynalite(options: {
    readonly path?: string;
    readonly createTableMs?: number;
    readonly deleteTableMs?: number;
  }): Server;
}
