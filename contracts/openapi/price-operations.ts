import { CHANGED, CHANGING, CONDITIONS, IF_MATCH, operation, TAKING_BACK } from "./admin-operation.ts";
import { READING } from "./operation.ts";

const PRICE = {
  inputUsdPerMillion: 0.3,
  outputUsdPerMillion: 1.2,
  priceChanges: [{ inputUsdPerMillion: 0.24, outputUsdPerMillion: 0.96, from: "2027-01-01T00:00:00.000Z" }],
};

/** Operations that change what callers are charged for tokens of our own pools. Prices of providers' models are in their settings. */
export const PRICE_OPERATIONS = [
  operation({
    path: "/admin/prices",
    method: "get",
    operationId: "listPrices",
    summary: "List the prices of our own pools",
    description: "Each as the environment file has it, or changed since; `null` where tokens are charged nothing.",
    response: { schema: "AdminPriceList", description: "The prices." },
    errors: READING,
  }),
  operation({
    path: "/admin/prices/{name}",
    method: "get",
    operationId: "getPrice",
    summary: "Describe the price of a pool",
    description: "With its changes and the times from which they hold; `etag` is the version.",
    response: {
      schema: "AdminPrice",
      description: "The price.",
      example: { name: "phi-3-mini", ...CHANGED, settings: PRICE },
    },
    errors: READING,
  }),
  operation({
    path: "/admin/prices/{name}",
    method: "put",
    operationId: "putPrice",
    summary: "Change the price of a pool",
    description: "Every gateway has it within five seconds. A request has the price that was in force when it began.",
    request: { schema: "TokenPriceSettings", example: PRICE },
    headerParameters: CONDITIONS,
    response: { schema: "AdminPrice", description: "The price as it is now." },
    errors: CHANGING,
  }),
  operation({
    path: "/admin/prices/{name}",
    method: "delete",
    operationId: "deletePrice",
    summary: "Take the change of a price back",
    description: "The price in the environment file is back.",
    headerParameters: [IF_MATCH],
    response: { schema: "AdminDeleted", description: "The change is gone." },
    errors: TAKING_BACK,
  }),
];
