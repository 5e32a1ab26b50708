import * as pulumi from "@pulumi/pulumi";
import { JupyterHub } from "@pulumi/jupyterhub";

const config = new pulumi.Config();

const hub = new JupyterHub("hub", {
    gcp: { project: config.require("project") },
    cluster: { mode: "create", location: "europe-west1" },
    images: { repository: `europe-west1-docker.pkg.dev/${config.require("project")}/jupyterhub` },
    endpoint: { type: "gateway", hostname: "hub.example.org" },
    auth: { type: "github", adminUsers: ["ada"] },
    github: {
        clientId: "Iv1.0123456789abcdef",
        clientSecret: config.requireSecret("clientSecret"),
        organizations: ["physics"],
    },
    notebook: {
        cpu: { default: "0.5", max: "4" },
        memory: { default: "2Gi", max: "16Gi" },
    },
});

export const url = hub.hubUrl;
export const callback = hub.oauthCallbackUrl;
export const records = hub.dnsRecords;
