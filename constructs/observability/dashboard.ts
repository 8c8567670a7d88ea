import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js";
import { Construct } from "constructs";
import { type DashboardBodyProps, dashboardBody } from "./dashboard-body.ts";

export interface DashboardProps extends DashboardBodyProps {
  readonly name: string;
}

/** The one page that a person on call opens. */
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
