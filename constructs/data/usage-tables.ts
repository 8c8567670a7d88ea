import { AthenaNamedQuery } from "@cdktf/provider-aws/lib/athena-named-query/index.js";
import { AthenaWorkgroup } from "@cdktf/provider-aws/lib/athena-workgroup/index.js";
import { GlueCatalogDatabase } from "@cdktf/provider-aws/lib/glue-catalog-database/index.js";
import { GlueCatalogTable } from "@cdktf/provider-aws/lib/glue-catalog-table/index.js";
import { Construct } from "constructs";
import { USAGE_COLUMNS } from "../../contracts/usage/usage-columns.ts";
import { USAGE_PARQUET_PREFIX, USAGE_RESULTS_PREFIX } from "../../contracts/usage/usage-counter.ts";
import { usageQueries } from "../../domain/usage/athena-queries.ts";

export interface UsageTablesProps {
  /** Name of the workgroup. */
  readonly workgroupName: string;
  /** Name of the database: lower case and underscores, as Athena quotes others. */
  readonly databaseName: string;
  /** Bucket of usage events, which gets the queries' results too. */
  readonly bucketName: string;
  readonly kmsKeyArn: string;
  /** Whether the workgroup with its history of queries can't be destroyed. */
  readonly isProtected: boolean;
}

const TABLE = "events";
/** First day that has events: no release before had files of Parquet. */
const FIRST_DAY = "2026-11-01";
/** A query that would read more is ended: at 5 dollars for a terabyte it costs 0.50 dollars. */
const MAX_BYTES = 100 * 1024 ** 3;
const PARQUET = "org.apache.hadoop.hive.ql.io.parquet";

/**
 * The files of Parquet as a table of Athena, and a workgroup with queries. The table's partitions are reckoned from the folders'
 * names (partition projection), so that nothing has to register them.
 */
export class UsageTables extends Construct {
  constructor(scope: Construct, id: string, props: UsageTablesProps) {
    super(scope, id);
    const { workgroupName, databaseName, bucketName, kmsKeyArn, isProtected } = props;
    const location = `s3://${bucketName}/${USAGE_PARQUET_PREFIX}`;
    const database = new GlueCatalogDatabase(this, "Database", {
      name: databaseName,
      description: "Usage events.",
    });
    const table = new GlueCatalogTable(this, "Events", {
      name: TABLE,
      databaseName: database.name,
      description: "One row for each request that a model served. Money is in nano-dollars, times are UTC.",
      tableType: "EXTERNAL_TABLE",
      partitionKeys: [
        { name: "day", type: "string" },
        { name: "hour", type: "int" },
      ],
      parameters: {
        classification: "parquet",
        EXTERNAL: "TRUE",
        "projection.enabled": "true",
        "projection.day.type": "date",
        "projection.day.format": "yyyy-MM-dd",
        "projection.day.range": `${FIRST_DAY},NOW`,
        "projection.hour.type": "integer",
        "projection.hour.range": "0,23",
        "projection.hour.digits": "2",
        // "$${" is how OpenTofu writes "${", which Athena replaces.
        "storage.location.template": `${location}day=$\${day}/hour=$\${hour}/`,
      },
      storageDescriptor: {
        location,
        inputFormat: `${PARQUET}.MapredParquetInputFormat`,
        outputFormat: `${PARQUET}.MapredParquetOutputFormat`,
        serDeInfo: { serializationLibrary: `${PARQUET}.serde.ParquetHiveSerDe` },
        columns: USAGE_COLUMNS.map(({ name, type }) => ({ name, type })),
      },
    });
    const workgroup = new AthenaWorkgroup(this, "Workgroup", {
      name: workgroupName,
      description: "Queries of usage events.",
      forceDestroy: !isProtected,
      configuration: {
        enforceWorkgroupConfiguration: true,
        publishCloudwatchMetricsEnabled: false,
        bytesScannedCutoffPerQuery: MAX_BYTES,
        resultConfiguration: {
          outputLocation: `s3://${bucketName}/${USAGE_RESULTS_PREFIX}`,
          encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKeyArn },
        },
      },
    });
    for (const [index, { name, description, sql }] of usageQueries(`${databaseName}.${TABLE}`).entries())
      new AthenaNamedQuery(this, `Query${index + 1}`, {
        name,
        description,
        workgroup: workgroup.name,
        database: databaseName,
        query: sql,
        dependsOn: [table],
      });
  }
}
