import OpenAI, { toFile } from "openai";
import { expect, test } from "vitest";
import { LegalHold } from "../contracts/erasure/legal-hold.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { controlledTwin } from "./test/controlled-twin.ts";

/** A schedule of a minute, and a run. */
const WITHIN_MS = 180_000;

// documented: legal-hold-in-the-stack
test(
  "in the stack a hold on a service account keeps its stored response and file from being deleted, and has the file copied, until its release",
  async () => {
    const { twin, send } = await controlledTwin();
    const { apiUrl } = twin.runtime.settings;
    const project = (await send("POST", "/projects", { name: "search" })) as { readonly id: string };
    const account = (await send("POST", `/projects/${project.id}/service_accounts`, { name: "job" })) as {
      readonly id: string;
      readonly api_key: { readonly value: string };
    };
    const client = new OpenAI({ baseURL: `${apiUrl}/v1`, apiKey: account.api_key.value, maxRetries: 5 });
    const [{ id: model }] = (await client.models.list()).data as [OpenAI.Model];
    const response = await client.responses.create({ model, input: "One", store: true });
    const file = await client.files.create({ file: await toFile(Buffer.from("{}\n"), "a.jsonl"), purpose: "batch" });
    const copies = () =>
      [...twin.runtime.s3.buckets.keys()].flatMap(
        (name) =>
          twin.runtime.s3
            .objectFolder(name)
            ?.list("held/")
            .map(({ key }) => key.split("/").at(-1)) ?? [],
      );
    const status = async () => {
      const { data } = (await send("GET", "/legal_holds")) as { readonly data: readonly unknown[] };
      return data.map((hold) => LegalHold.parse(hold).status);
    };
    await send("POST", "/legal_holds", { subject_id: account.id, reason: "a case in court" });
    await eventually(async () => expect(await status()).toEqual(["held"]), { timeoutMs: WITHIN_MS, everyMs: 1000 });
    expect(copies()).toEqual([file.id]);
    const refused = expect.objectContaining({ status: 409, code: "legal_hold" });
    await expect(client.responses.delete(response.id)).rejects.toEqual(refused);
    await expect(client.files.delete(file.id)).rejects.toEqual(refused);
    await send("DELETE", `/legal_holds/${account.id}`);
    await eventually(async () => expect(await status()).toEqual([]), { timeoutMs: WITHIN_MS, everyMs: 1000 });
    expect(copies()).toEqual([]);
    expect(await client.files.delete(file.id)).toMatchObject({ deleted: true });
    await client.responses.delete(response.id);
    await expect(client.responses.retrieve(response.id)).rejects.toMatchObject({ status: 404 });
  },
  3 * WITHIN_MS,
);
