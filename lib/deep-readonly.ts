/** A value that nobody changes, with everything in it: fields, lists and records. */
export type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;
