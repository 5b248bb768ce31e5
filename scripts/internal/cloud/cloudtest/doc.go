// Package cloudtest is a fake control plane for tests. It verifies each request's
// signature, holds it against the published metadata of its API (action, version, method,
// path, and each parameter's place, type and whether it is required), records it, and
// answers as the test has set.
//
// metadata.json has the APIs that the tools call and no others. It is an excerpt of the
// metadata of api.aliyun.com as published in dew-serverless/acs-sdk-php, folder data, at
// commit 4ca7815423d8b5dcdb507f531217ec90f9848373 of 2025-12-03.
package cloudtest
