import type { BuildPlugin } from "../ui/build-page.ts";

const LIB = "/axios/lib/";
const NOTHING = "export default () => undefined;";

/**
 * Parts of Axios that the console never runs, by their path below `axios/lib`, with what stands in their place: a request by `fetch`
 * (browsers have XMLHttpRequest), bodies that are forms, names of statuses, the cancellation before `AbortSignal`, and the cookie
 * against forged requests, which the API does not read. The client writes queries itself (`src/lib/query-text.ts`).
 */
const UNUSED: Readonly<Record<string, string>> = {
  "adapters/fetch.js": "export const getFetch = () => false;",
  "cancel/CancelToken.js": "export default class CancelToken {}",
  "helpers/HttpStatusCode.js": "export default {};",
  "helpers/cookies.js": "export default { read: () => null, write() {}, remove() {} };",
  "helpers/formDataToJSON.js": NOTHING,
  "helpers/toURLEncodedForm.js": NOTHING,
  "helpers/AxiosURLSearchParams.js":
    'export default () => { throw new Error("A query is written by the client\'s paramsSerializer."); };',
  "helpers/toFormData.js": `export const DEFAULT_FORM_DATA_MAX_DEPTH = 0;
    export default () => { throw new Error("A body that is a form needs toFormData of axios: console/lean-axios.ts."); };`,
};

/** Leaves out what the console does not use of Axios, which has one module with everything as its entry. */
export function leanAxios(): BuildPlugin {
  return {
    name: "lean-axios",
    load(id) {
      const at = id.lastIndexOf(LIB);
      return at === -1 ? undefined : UNUSED[id.slice(at + LIB.length)];
    },
  };
}
