/** Versions of the API, by path: `/v1/…`. A change that breaks callers gets a new one beside the old. */
export const API_VERSIONS = ["v1"] as const;
