import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { clientsPage } from "./clients-page.ts";
import { ROOM } from "./programs/installations.ts";

writeFileSync(join(ROOM, "../docs/clients.md"), clientsPage());
