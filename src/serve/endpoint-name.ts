/**
 * What an endpoint may be called. The name stands in a URL, in a metric label and in a folder of segments, so
 * it is narrow enough to need no escaping in any of them; 63 characters is what a DNS label and a Kubernetes
 * name hold.
 */
export const ENDPOINT_NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
