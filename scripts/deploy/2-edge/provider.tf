# The cloud-native API gateway, of EDGE=apig. Its services name functions, which must exist.
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
