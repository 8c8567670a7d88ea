import * as z from "zod";

/** Purposes of files. OpenAI's other purposes are for features that Sluice does not have. */
export const FILE_PURPOSES = ["batch"] as const;

/** Longest and default retention of a file in days, equal to OpenAI's for batch files. */
export const FILE_DAYS = 30;

/** A stored file, in OpenAI's form. */
export const FileObject = z
  .looseObject({
    id: z.string(),
    object: z.literal("file"),
    bytes: z.int().min(0),
    /** Seconds since 1970. */
    created_at: z.int(),
    /** When the file expires. */
    expires_at: z.int(),
    filename: z.string(),
    /** `batch_output` for a file that a batch wrote. */
    purpose: z.enum([...FILE_PURPOSES, "batch_output"]),
    /** Always `processed`: OpenAI's clients still read it. */
    status: z.literal("processed"),
  })
  .meta({ id: "File" });
export type FileObject = z.infer<typeof FileObject>;
export type FilePurpose = FileObject["purpose"];

export const FileList = z
  .looseObject({
    object: z.literal("list"),
    data: z.array(FileObject),
    first_id: z.string().nullable(),
    last_id: z.string().nullable(),
    has_more: z.boolean(),
  })
  .meta({ id: "FileList" });

export const FileDeleted = z
  .looseObject({ id: z.string(), object: z.literal("file"), deleted: z.literal(true) })
  .meta({ id: "FileDeleted" });

/** The parts of the form of `POST /v1/files`; `file` is the file itself. */
export const FileUpload = z
  .looseObject({
    file: z.string().meta({ format: "binary" }),
    purpose: z.enum(FILE_PURPOSES),
    "expires_after[anchor]": z.literal("created_at").optional(),
    "expires_after[seconds]": z.string().optional(),
  })
  .meta({ id: "FileUpload" });
