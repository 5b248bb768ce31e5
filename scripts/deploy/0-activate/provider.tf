terraform {
  required_version = ">= 1.8"

  required_providers {
    alicloud = {
      source  = "aliyun/alicloud"
      version = ">= 1.288.0"
    }
  }
}

# Credentials are those of ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET and
# ALIBABA_CLOUD_SECURITY_TOKEN.
provider "alicloud" {
  region = var.region
}

variable "region" {
  type        = string
  description = "Region of everything, such as cn-hangzhou."
}
