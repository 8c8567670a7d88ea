import { expect, test } from "vitest";
import { CLIENT_IP_HEADER, EDGE_REQUEST_ID_HEADER } from "../contracts/api/headers.ts";
import { clientAddress, requestIdOf } from "./load-balancer-event.ts";

const SENT_ID = "0aa3b1a2-7d0e-4b0e-9d3a-5f1f0c8f2d11";
const headers = new Map([
  [EDGE_REQUEST_ID_HEADER.toLowerCase(), SENT_ID],
  [CLIENT_IP_HEADER.toLowerCase(), "203.0.113.9"],
  ["x-forwarded-for", "203.0.113.9, 198.51.100.1"],
]);

test("behind API Gateway a request has the id and the client's address that API Gateway writes", () => {
  expect(requestIdOf(headers, "api-gateway", "own")).toBe(SENT_ID);
  expect(clientAddress(headers, "api-gateway")).toBe("203.0.113.9");
});

test("where the load balancer is the entry, a client chooses neither the request's id nor its own address", () => {
  expect(requestIdOf(headers, "load-balancer", "own")).toBe("own");
  expect(clientAddress(headers, "load-balancer")).toBe("198.51.100.1");
});

test("an id that has not the form of API Gateway's ids is not taken", () => {
  expect(requestIdOf(new Map([[EDGE_REQUEST_ID_HEADER, "a\nb"]]), "api-gateway", "own")).toBe("own");
});
