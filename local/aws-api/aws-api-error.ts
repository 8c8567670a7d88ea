/** An error that an AWS API call answers with, by AWS's own code. */
export class AwsApiError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
