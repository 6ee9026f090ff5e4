metadata description = 'An Azure OpenAI account that takes no keys, and its deployments.'

@minLength(2)
@maxLength(64)
@description('Name of the account and of its subdomain: signing in with an identity needs one.')
param name string

@description('Region of the account.')
param location string

@description('Tags of the account.')
param tags object

@description('How deployments are billed, and where they may process data.')
param deploymentSku string

@description('Deployments to create, named after their models. Capacity is in thousands of tokens a minute.')
param deployments {
  model: string
  version: string
  capacity: int
}[]

resource account 'Microsoft.CognitiveServices/accounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'OpenAI'
  sku: { name: 'S0' }
  properties: {
    customSubDomainName: name
    disableLocalAuth: true
    publicNetworkAccess: 'Enabled'
  }
}

// One at a time: the account refuses a second deployment while one is being created.
@batchSize(1)
resource modelDeployments 'Microsoft.CognitiveServices/accounts/deployments@2025-06-01' = [for item in deployments: {
  parent: account
  name: item.model
  sku: {
    name: deploymentSku
    capacity: item.capacity
  }
  properties: {
    model: {
      format: 'OpenAI'
      name: item.model
      version: item.version
    }
    // A new version answers differently: it comes when asked for, or when the old one ends.
    versionUpgradeOption: 'OnceCurrentVersionExpired'
  }
}]
