import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js";
import { Construct } from "constructs";
import { type DashboardBodyProps, dashboardBody } from "./dashboard-body.ts";

export interface DashboardProps extends DashboardBodyProps {
  readonly name: string;
}

/** CloudWatch dashboard for the person on call. */
export class Dashboard extends Construct {
  readonly resource: CloudwatchDashboard;

  constructor(scope: Construct, id: string, { name, ...body }: DashboardProps) {
    super(scope, id);
    this.resource = new CloudwatchDashboard(this, "Default", {
      dashboardName: name,
      dashboardBody: JSON.stringify(dashboardBody(body)),
    });
  }
}
