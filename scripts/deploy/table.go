package main

import "aegis/shared/app"

// value is one value of a deployment: an environment variable.
type value struct {
	name     string
	meaning  string
	fallback string                          // of a value that is not set
	secret   bool                            // never printed, nor hashed into the state folder
	needed   func(values) bool               // nil: it may be empty
	fits     func(text string) (must string) // what it must be, if it is not that; nil: anything
}

// table returns the values of the deployer itself. Those of the functions are in
// app.Table.
func table() []value {
	all := []value{
		{name: "ALIBABA_CLOUD_ACCESS_KEY_ID", meaning: "key of the user who deploys", needed: always},
		{name: "ALIBABA_CLOUD_ACCESS_KEY_SECRET", meaning: "its secret", secret: true, needed: always},
		{name: "ALIBABA_CLOUD_SECURITY_TOKEN", meaning: "its STS token, if it is temporary", secret: true},
		{name: "REGION", meaning: "region of everything, such as cn-hangzhou", needed: always, fits: matches(`^[a-z]+(-[a-z0-9]+)+$`, "the name of a region, such as cn-hangzhou")},
		{name: "DEPLOYMENT", meaning: "name of the store and prefix of everything else", needed: always, fits: matches(`^[a-z][a-z0-9-]{1,14}[a-z0-9]$`, "3 to 16 of a-z, 0-9 and -, a letter first and no - last")},
		{name: "STORE_ACCESS", meaning: "internet: admin reaches the store from anywhere; vpc: only from the region's networks", fallback: "internet", fits: oneOf("internet", "vpc")},
		{name: "VPC", meaning: "true: functions run in a VPC of their own", fallback: "false", fits: oneOf("true", "false")},
		{name: "ZONE", meaning: "zone of the VPC's vSwitch, such as cn-hangzhou-h", needed: func(v values) bool { return v.get("VPC") == "true" }},
		{name: "KMS_KEY", meaning: "ID of the KMS key that has wrapped the master key", needed: func(v values) bool { return v.get("ACCESS_MASTER_KEY_KMS") != "" }},
		{name: "SERVICE_ROLES", meaning: "service-linked roles to make, separated by commas, or none", fallback: defaultServiceRoles},
		{name: "SAMPLES", meaning: "true: sell the sample catalogue and SKUs", fallback: "false", fits: oneOf("true", "false")},
		{name: "QUALIFIER", meaning: "version or alias that triggers and routes lead to", fallback: "LATEST"},
	}
	return append(append(all, edgeTable()...), doctorTable()...)
}

// doctorTable returns the values by which the doctor calls the system as callers do.
func doctorTable() []value {
	return []value{
		{name: "CALLER_ACCESS_KEY_ID", meaning: "key that \"admin key create\" made, by which the doctor calls"},
		{name: "CALLER_ACCESS_KEY_SECRET", meaning: "its secret", secret: true, needed: func(v values) bool { return v.get("CALLER_ACCESS_KEY_ID") != "" }},
		{name: "ENDPOINT", meaning: "URL by which callers reach every path, if it is not that of DOMAIN", fits: matches(`^https?://[^/]+/?$`, "a URL without a path")},
		{name: "API_ID", meaning: "ID of the gateway's API, of EDGE=apig, if this tool did not make it"},
	}
}

// edgeTable returns the values of the edge.
func edgeTable() []value {
	named := func(v values) bool { return v.get("EDGE") == "domain" || v.get("EDGE") == "apig" }
	domain := func(v values) bool { return v.get("EDGE") == "domain" }
	return []value{
		{name: "EDGE", meaning: "how callers reach the functions: none, domain, apig or apigateway", fallback: "none", fits: oneOf("none", "domain", "apig", "apigateway")},
		{name: "DOMAIN", meaning: "name by which callers address the system", needed: named, fits: matches(`^[a-z0-9-]+(\.[a-z0-9-]+)+$`, "a domain name")},
		{name: "CERTIFICATE", meaning: "file of the domain's certificate with its chain (PEM), of EDGE=domain", needed: domain, fits: isFile},
		{name: "CERTIFICATE_KEY", meaning: "file of its private key (PEM), of EDGE=domain", needed: domain, fits: isFile},
		{name: "CERTIFICATE_ID", meaning: "ID-REGION of the certificate in Certificate Management Service, of EDGE=apig"},
		{name: "GATEWAY_ROLE", meaning: "true: make the service-linked role of EDGE=apig; false: the account has it", fallback: "true", fits: oneOf("true", "false")},
		{name: "API_GROUP", meaning: "ID of the API group to import into, of EDGE=apigateway; empty: only the file is written"},
	}
}

// defaultServiceRoles are those that an empty account lacks.
const defaultServiceRoles = "AliyunServiceRoleForEventBridgeSourceMNS,AliyunServiceRoleForEventBridgeSendToFC,AliyunServiceRoleForEventBridgeSendToMNS,fc.aliyuncs.com"

// requiredSettings are the functions' settings that a deployment needs although a
// function starts without them.
func requiredSettings() map[string]func(values) bool {
	samples := func(v values) bool { return v.get("SAMPLES") != "true" }
	return map[string]func(values) bool{
		"ACCESS_MASTER_KEY": func(v values) bool { return v.get("ACCESS_MASTER_KEY_KMS") == "" },
		"MARKET_SECRET":     always,
		"SALES_CATALOGUE":   samples,
		"MARKET_SKUS":       samples,
	}
}

// settingValues returns the settings of the functions that a person sets. The foundation
// makes the others.
func settingValues() []value {
	var all []value
	for _, s := range app.Table() {
		if s.Local || s.Required || s.Name == "MARKET_QUEUE" {
			continue
		}
		v := value{name: s.Name, meaning: s.Usage, secret: s.Secret, needed: requiredSettings()[s.Name]}
		if s.File {
			v.fits = isFile
		}
		all = append(all, v)
	}
	return all
}
