import * as objects from "../objects.ts";
import { type ControlOperation, get, list, NoBody, post, remove } from "./operation.ts";

const PROJECTS = "/v1/organization/projects";
const PROJECT = `${PROJECTS}/{project_id}` as const;
const PROJECT_USER = `${PROJECT}/users/{user_id}` as const;

/** Projects and their users. */
export const PROJECT_OPERATIONS = {
  listProjects: {
    ...list,
    path: PROJECTS,
    scope: "projects.read",
    query: objects.ListProjectsQuery,
    response: objects.ProjectPage,
  },
  createProject: {
    ...post,
    path: PROJECTS,
    scope: "projects.write",
    body: objects.CreateProject,
    response: objects.Project,
  },
  retrieveProject: { ...get, path: PROJECT, scope: "projects.read", response: objects.Project },
  updateProject: {
    ...post,
    path: PROJECT,
    scope: "projects.write",
    body: objects.UpdateProject,
    response: objects.Project,
  },
  archiveProject: {
    ...post,
    path: `${PROJECT}/archive`,
    scope: "projects.write",
    body: NoBody,
    response: objects.Project,
  },
  listProjectUsers: {
    ...list,
    path: `${PROJECT}/users`,
    scope: "project.users.read",
    response: objects.ProjectUserPage,
  },
  createProjectUser: {
    ...post,
    path: `${PROJECT}/users`,
    scope: "project.users.write",
    body: objects.CreateProjectUser,
    response: objects.ProjectUser,
  },
  retrieveProjectUser: { ...get, path: PROJECT_USER, scope: "project.users.read", response: objects.ProjectUser },
  updateProjectUser: {
    ...post,
    path: PROJECT_USER,
    scope: "project.users.write",
    body: objects.UpdateProjectUser,
    response: objects.ProjectUser,
  },
  deleteProjectUser: {
    ...remove,
    path: PROJECT_USER,
    scope: "project.users.write",
    response: objects.ProjectUserDeleted,
  },
} as const satisfies Readonly<Record<string, ControlOperation>>;
