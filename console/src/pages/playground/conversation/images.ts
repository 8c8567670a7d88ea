import type { PromptImage } from "./chat-messages.ts";

/** What models of all providers read. */
export const IMAGE_TYPES = ["image/png", "image/jpeg", "image/webp", "image/gif"] as const;
/** Of a prompt. */
export const MAX_IMAGES = 4;
/** Of one picture; in a request it is a third larger. */
export const MAX_IMAGE_BYTES = 4_000_000;
const DATA_URL = /^data:image\/(?:png|jpeg|webp|gif);base64,[A-Za-z0-9+/]+={0,2}$/;

/** Whether an address is a picture in itself, and none that a browser would fetch. */
export function isImageUrl(value: unknown): value is string {
  return typeof value === "string" && value.length <= 2 * MAX_IMAGE_BYTES && DATA_URL.test(value);
}

/** Reads files as pictures of a prompt; what is none is left out. @param room how many more the prompt may have */
export async function readImages(files: Iterable<File>, room: number) {
  const all = [...files];
  const good = all.filter(({ type, size }) => IMAGE_TYPES.some((one) => one === type) && size <= MAX_IMAGE_BYTES);
  const images = await Promise.all(good.slice(0, Math.max(0, room)).map(readImage));
  return { images, left: all.length - images.length };
}

function readImage(file: File): Promise<PromptImage> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve({ name: file.name, url: String(reader.result) });
    reader.onerror = () => reject(reader.error ?? new Error(`${file.name} can't be read.`));
    reader.readAsDataURL(file);
  });
}
