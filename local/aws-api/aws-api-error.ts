/** An error response of an AWS API call, with AWS's own code. */
export class AwsApiError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
