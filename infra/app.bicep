metadata description = 'The function app on its Flex Consumption plan, and every setting it starts with.'

@description('Name of the plan.')
param planName string

@minLength(2)
@maxLength(60)
@description('Name of the function app, unique in all of Azure.')
param name string

@description('Region of app and plan.')
param location string

@description('Tags of app and plan.')
param tags object

@description('Resource ID of the identity of the app.')
param identityId string

@description('Client ID of the identity of the app.')
param identityClientId string

@description('Name of the storage account.')
param storageName string

@description('Endpoints of the storage account, by service: blob, queue, table.')
param storageEndpoints object

@description('Container that holds the deployed app package.')
param deploymentContainer string

@description('Connection string of Application Insights: an address, no secret while local authentication is off.')
param insightsConnectionString string

@description('Endpoint of the Azure OpenAI account.')
param openAiEndpoint string

@description('Deployment that answers first.')
param chatDeployment string

@description('Deployment that answers when the first one does not.')
param fallbackDeployment string

@description('Models behind deployments of another name, as deployment=model,deployment=model.')
param deploymentModels string

@description('Models the app may call, separated by commas; empty means its defaults.')
param allowedModels string

@description('Whether the fallback deployment is used.')
param enableFallback bool

@minValue(1)
@description('Requests a minute that all instances together allow themselves.')
param requestsPerMinute int

@description('Passed on as AI_DAILY_BUDGET_USD; empty sets no limit.')
param dailyBudgetUsd string

@description('Memory of an instance in MB.')
param instanceMemoryMB int

@description('Instances the app may scale out to.')
param maximumInstanceCount int

@description('HTTP requests an instance works on at once.')
param httpConcurrency int

var appSettings = {
  // The storage of the host and of the app, by identity: no connection string anywhere.
  AzureWebJobsStorage__accountName: storageName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  AzureWebJobsStorage__blobServiceUri: storageEndpoints.blob
  AzureWebJobsStorage__queueServiceUri: storageEndpoints.queue
  AzureWebJobsStorage__tableServiceUri: storageEndpoints.table
  AZURE_CLIENT_ID: identityClientId

  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL: 'true'

  AZURE_OPENAI_ENDPOINT: openAiEndpoint
  OPENAI_CHAT_DEPLOYMENT: chatDeployment
  OPENAI_FALLBACK_DEPLOYMENT: fallbackDeployment
  OPENAI_DEPLOYMENT_MODELS: deploymentModels
  OPENAI_ALLOWED_MODELS: allowedModels
  OPENAI_ENABLE_FALLBACK: toLower(string(enableFallback))
  OPENAI_REQUESTS_PER_MINUTE: string(requestsPerMinute)
  OPENAI_RATE_LIMIT_SCOPE: 'shared'
  AI_DAILY_BUDGET_USD: dailyBudgetUsd

  CV_DATA_EXTRACTOR_ASSISTANT_ID: 'cv_data_extractor'
  CV_PII_IDENTIFIER_ASSISTANT_ID: 'cv_pii_identifier'
  CV_SKILLS_ANALYST_ASSISTANT_ID: 'cv_skills_analyst'

  // Flex Consumption knows no polling blob trigger.
  CV_INBOX_TRIGGER_SOURCE: 'EventGrid'
}

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

resource functionApp 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  // azd finds the app of the service `api` by this tag.
  tags: union(tags, { 'azd-service-name': 'api' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storageEndpoints.blob}${deploymentContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'python'
        version: '3.13'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        triggers: {
          http: {
            perInstanceConcurrency: httpConcurrency
          }
        }
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      appSettings: map(items(appSettings), setting => { name: setting.key, value: setting.value })
    }
  }
}

// Publishing by user name and password is off; azd signs in with Microsoft Entra ID.
resource publishingCredentials 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = [for channel in ['ftp', 'scm']: {
  parent: functionApp
  name: channel
  properties: {
    allow: false
  }
}]

output name string = functionApp.name
output url string = 'https://${functionApp.properties.defaultHostName}'
