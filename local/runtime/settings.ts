/** What the twin is configured with; everything else it reads from the stacks. */
export interface TwinSettings {
  readonly region: string;
  /** Addresses of the bound servers, e.g. `http://127.0.0.1:8080`. */
  readonly apiUrl: string;
  readonly siteUrl: string;
  readonly awsUrl: string;
  readonly dashboardUrl: string;
  /** Address of the local stack's issuer. @default - the environment has none */
  readonly issuerUrl?: string;
  /** Folder for logs, unpacked Lambda bundles and objects. */
  readonly workFolder: string;
  /** Folder of the tables. @default - they are in memory */
  readonly tablesFolder?: string;
  /** The folder of Sluice's own files, with the scripts of engine and gateway. */
  readonly projectFolder: string;
  /** Environment variables that reach the processes beside those of user data. */
  readonly passedEnvironment: Readonly<Record<string, string>>;
  /** By how much the periods of alarms and warm-ups are shorter than on AWS; 60 makes a minute a second. @default 1 */
  readonly timeFactor?: number;
  /** Receives what happens while running, one line each. */
  report(line: string): void;
}

export interface WithSettings {
  readonly settings: TwinSettings;
}
