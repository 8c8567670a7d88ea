import { setFlagsFromString } from "node:v8";

/**
 * Imported first, before any code of the gateway runs. V8 allocates what a place in the code makes in the old generation once
 * most of it has outlived two collections, as the objects of open streams do. There it keeps alive what it refers to, also when it is
 * dead itself: 82 to 97 % of what one young collection left was still there at the next one, with this off 1 to 4 %
 * (docs/decisions/101).
 * `NODE_OPTIONS` does not take this flag.
 */
setFlagsFromString("--no-allocation-site-pretenuring");
