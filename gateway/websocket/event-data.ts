import { StringDecoder } from "node:string_decoder";

/** Takes the data out of server-sent events that come in pieces, wherever they are cut. */
export class EventData {
  readonly #decoder = new StringDecoder("utf8");
  #text = "";
  #data: string[] = [];

  /** @returns the data of every event that is complete by now, in order */
  push(chunk: Buffer): readonly string[] {
    this.#text += this.#decoder.write(chunk);
    const complete: string[] = [];
    let start = 0;
    for (let end = this.#text.indexOf("\n"); end >= 0; end = this.#text.indexOf("\n", start)) {
      const line = this.#text.slice(start, this.#text[end - 1] === "\r" ? end - 1 : end);
      start = end + 1;
      if (line.startsWith("data:")) this.#data.push(line.slice(line[5] === " " ? 6 : 5));
      else if (line === "" && this.#data.length > 0) {
        complete.push(this.#data.join("\n"));
        this.#data = [];
      }
    }
    this.#text = this.#text.slice(start);
    return complete;
  }
}
