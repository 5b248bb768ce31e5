package cloud

import "strings"

// Product is a service with an API of its own.
type Product string

// The products that deployments use, as their metadata spells them.
const (
	STS         Product = "Sts"
	RAM         Product = "Ram"
	KMS         Product = "Kms"
	EventBridge Product = "eventbridge"
	APIGateway  Product = "CloudAPI" // the traditional one
	Queues      Product = "Mns-open" // attributes of SMQ queues
	Functions   Product = "FC"
	CloudNative Product = "APIG" // cloud-native API Gateway
	Tablestore  Product = "Tablestore"
)

// api returns the version of a product's API and its host, in which %s is the region.
func (p Product) api() (version, host string) {
	switch p {
	case STS:
		return "2015-04-01", "sts.%s.aliyuncs.com"
	case RAM:
		return "2015-05-01", "ram.aliyuncs.com"
	case KMS:
		return "2016-01-20", "kms.%s.aliyuncs.com"
	case EventBridge:
		return "2020-04-01", "eventbridge-console.%s.aliyuncs.com"
	case APIGateway:
		return "2016-07-14", "apigateway.%s.aliyuncs.com"
	case Queues:
		return "2022-01-19", "mns-open.%s.aliyuncs.com"
	case Functions:
		return "2023-03-30", "fcv3.%s.aliyuncs.com"
	case CloudNative:
		return "2024-03-27", "apig.%s.aliyuncs.com"
	case Tablestore:
		return "2020-12-09", "tablestore.%s.aliyuncs.com"
	}
	return "", ""
}

// url returns where a product's API is in a region.
func (p Product) url(region string) string {
	_, host := p.api()
	return "https://" + strings.ReplaceAll(host, "%s", region)
}
