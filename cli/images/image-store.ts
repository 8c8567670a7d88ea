import { GetParameterCommand, ParameterNotFound, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { type AwsAccess, clientSettings } from "../operator/aws-access.ts";

/** An image that a parameter names. */
export interface StoredImage {
  /** Id of the image, ami-…. */
  readonly ami: string;
  /** Rises with every change of the parameter. */
  readonly version: number;
  readonly changedAt: Date | undefined;
}

/** The parameters in which environments of a region have their images. */
export interface ImageStore {
  /** `undefined` when there is no such parameter. */
  read(parameter: string): Promise<StoredImage | undefined>;
  /** EC2 checks that the image exists and may be used. @throws when it refuses */
  write(parameter: string, ami: string): Promise<void>;
}

/** The parameters of a region. */
export function ssmImageStore(access: AwsAccess): ImageStore {
  const client = new SSMClient({ ...clientSettings(access), maxAttempts: 2 });
  return {
    async read(Name) {
      try {
        const { Parameter } = await client.send(new GetParameterCommand({ Name }));
        const { Value: ami = "", Version: version = 0, LastModifiedDate: changedAt } = Parameter ?? {};
        return { ami, version, changedAt };
      } catch (error) {
        if (error instanceof ParameterNotFound) return undefined;
        throw error;
      }
    },
    async write(Name, Value) {
      const options = { Type: "String", DataType: "aws:ec2:image", Overwrite: true } as const;
      await client.send(new PutParameterCommand({ Name, Value, ...options }));
    },
  };
}
