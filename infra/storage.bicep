metadata description = 'One storage account: the CVs and results, the work queues, the audit tables, the app package.'

@minLength(3)
@maxLength(24)
@description('Name of the account: lower-case letters and digits, unique in all of Azure.')
param name string

@description('Region of the account.')
param location string

@description('Tags of the account.')
param tags object

@description('Container into which CVs are dropped.')
param inboxContainer string

@description('Container that holds the deployed app package.')
param deploymentContainer string

@minValue(1)
@maxValue(365)
@description('Days for which deleted blobs and containers can be restored.')
param softDeleteDays int

@minValue(0)
@description('Days after which originals are deleted; 0 leaves them.')
param retentionDays int

var rejectedContainer = 'cv-rejected'
var containers = [inboxContainer, 'cv-results', 'cv-answers', rejectedContainer, deploymentContainer]
// The last one is where the host puts blobs whose trigger failed five times.
var queues = ['cv-jobs', 'cv-jobs-poison', 'webjobs-blobtrigger-poison']
var tables = ['AICallLogs', 'AICostRecords', 'AIRateLimits', 'CVJobs']

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: {
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    accessTier: 'Hot'
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    // The right to erasure (GDPR Art. 17) reaches into soft delete: what is erased today leaves the account after these days.
    deleteRetentionPolicy: {
      enabled: true
      days: softDeleteDays
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: softDeleteDays
    }
  }
}

resource blobContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = [for container in containers: {
  parent: blobs
  name: container
  properties: {
    publicAccess: 'None'
  }
}]

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2024-01-01' = {
  parent: account
  name: 'default'
}

resource workQueues 'Microsoft.Storage/storageAccounts/queueServices/queues@2024-01-01' = [for queue in queues: {
  parent: queueService
  name: queue
}]

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2024-01-01' = {
  parent: account
  name: 'default'
}

resource auditTables 'Microsoft.Storage/storageAccounts/tableServices/tables@2024-01-01' = [for table in tables: {
  parent: tableService
  name: table
}]

// Works without the app, even while it is stopped. Results stay: only the app knows what belongs together.
resource retention 'Microsoft.Storage/storageAccounts/managementPolicies@2024-01-01' = if (retentionDays > 0) {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'delete-old-originals'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: ['blockBlob']
              prefixMatch: ['${inboxContainer}/', '${rejectedContainer}/']
            }
            actions: {
              baseBlob: {
                delete: { daysAfterModificationGreaterThan: retentionDays }
              }
            }
          }
        }
      ]
    }
  }
  dependsOn: [
    blobs
  ]
}

output name string = account.name
output endpoints object = account.properties.primaryEndpoints
