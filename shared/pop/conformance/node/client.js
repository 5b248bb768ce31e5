'use strict';

// Makes calls with the published Node.js clients, none of them changed. Each
// line of standard input is a call, each line of standard output its outcome:
// {client, endpoint, key, secret, action, params} to {answer} or
// {code, message}.

const readline = require('readline');
const { RPCClient } = require('@alicloud/pop-core');
const openapi = { 'openapi-client': require('@alicloud/openapi-client'), 'openapi-core': require('@alicloud/openapi-core') };

const version = '2016-11-11';

function popCore(call, method) {
  const client = new RPCClient({ accessKeyId: call.key, accessKeySecret: call.secret, endpoint: call.endpoint, apiVersion: version });
  return client.request(call.action, call.params, { method });
}

async function openAPI(call, library, signature, place) {
  const { default: Client } = openapi[library];
  const { Config, OpenApiRequest, Params } = openapi[library].$OpenApiUtil || openapi[library];
  const client = new Client(new Config({
    accessKeyId: call.key, accessKeySecret: call.secret, protocol: 'http', endpoint: new URL(call.endpoint).host,
    signatureAlgorithm: signature === 'v1' ? 'v2' : undefined,
  }));
  const params = new Params({
    action: call.action, version, protocol: 'HTTP', pathname: '/', method: 'POST', authType: 'AK', style: 'RPC',
    reqBodyType: 'formData', bodyType: 'json',
  });
  const request = new OpenApiRequest(place === 'form' ? { body: call.params } : { query: call.params });
  const { RuntimeOptions } = require(library === 'openapi-core' ? '@darabonba/typescript' : '@alicloud/tea-util');
  return (await client.callApi(params, request, new RuntimeOptions({}))).body;
}

function make(call) {
  const [library, ...how] = call.client.split(' ');
  return library === 'pop-core' ? popCore(call, how[0]) : openAPI(call, library, ...how);
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    let outcome;
    try {
      outcome = { answer: await make(JSON.parse(line)) };
    } catch (err) {
      outcome = { code: String(err.code), message: String(err.message) };
    }
    process.stdout.write(JSON.stringify(outcome) + '\n');
  }
}

main();
