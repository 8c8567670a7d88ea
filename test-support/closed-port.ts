/**
 * A port on which nothing listens, for tests of an address that refuses connections. Systems give no listener a port below 1024
 * by themselves; one that was free a moment ago may be another test's by now.
 */
export const CLOSED_PORT = 2;
