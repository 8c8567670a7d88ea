declare module "dynalite" {
  import type { Server } from "node:http";
  /** An HTTP server that answers DynamoDB's JSON protocol. */
  export default function dynalite(options: {
    readonly path?: string;
    readonly createTableMs?: number;
    readonly deleteTableMs?: number;
  }): Server;
}
