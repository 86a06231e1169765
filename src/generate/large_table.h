/* large_table.h - calls whose records are large, one line each.
 *
 * LARGE(caller, version, source, name, shape, request, response, item): %* is the item, again and
 * again, until the record is as large as it should be. See call_table.h for the rest.
 */
/* clang-format off */
LARGE(MACHINE, "1.10", "ec2", "RunInstances", API, J({"instancesSet":{"items":[{"imageId":"ami-0%h","minCount":1,"maxCount":1000}]},"instanceType":"m7g.large"}), J({"requestId":"%u","reservationId":"r-0%h","ownerId":"%A","instancesSet":{"items":[%*]}}), "," J({"instanceId":"i-0%i","imageId":"ami-0%h","instanceState":{"code":0,"name":"pending"},"privateDnsName":"ip-10-0-%n-%n.%R.compute.internal","instanceType":"m7g.large","placement":{"availabilityZone":"%Ra","tenancy":"default"},"subnetId":"subnet-0%h","vpcId":"vpc-0%h","privateIpAddress":"10.0.%n.%n","architecture":"arm64"}))
LARGE(MACHINE, "1.08", "securityhub", "BatchImportFindings", API, J({"findings":[%*]}), J({"failedCount":0,"successCount":100,"failedFindings":[]}), "," J({"schemaVersion":"2018-10-08","id":"arn:aws:inspector2:%R:%A:finding/%h%h","title":"CVE-2026-1%n - openssl","awsAccountId":"%A","types":["Software and Configuration Checks/Vulnerabilities/CVE"],"severity":{"label":"HIGH","normalized":70},"resources":[{"type":"AwsEc2Instance","id":"arn:aws:ec2:%R:%A:instance/i-0%i"}],"recordState":"ACTIVE","updatedAt":"%M"}))
LARGE(PERSON, "1.09", "iam", "UpdateSAMLProvider", API, J({"sAMLProviderArn":"arn:aws:iam::%A:saml-provider/corporate","sAMLMetadataDocument":"<md:EntityDescriptor>%*</md:EntityDescriptor>"}), J({"sAMLProviderArn":"arn:aws:iam::%A:saml-provider/corporate"}), "<md:KeyDescriptor use='signing'><ds:X509Certificate>MIID%h%h%h%h%h%h%h%h</ds:X509Certificate></md:KeyDescriptor>")
LARGE(MACHINE, "1.08", "ssm", "PutInventory", API, J({"instanceId":"i-0%i","items":[{"typeName":"AWS:Application","schemaVersion":"1.1","captureTime":"%M","content":[%*]}]}), J({"message":"Inventory was successfully added"}), "," J({"Name":"package-%n","Version":"1.%n.%n","Architecture":"aarch64","Publisher":"Acme","Summary":"installed by the package manager"}))
/* clang-format on */
