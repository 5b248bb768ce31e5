# What must exist before the functions: the store, the logs, the queues, the roles and, if
# wanted, a VPC. No data source is read, so a plan needs no network.
terraform {
  required_version = ">= 1.8"

  required_providers {
    alicloud = {
      source  = "aliyun/alicloud"
      version = ">= 1.288.0"
    }
  }
}

provider "alicloud" {
  region                 = var.region
  account_id             = var.account
  skip_region_validation = true
}
