#!/bin/sh
# Subscribes the inbox trigger to blob events. azd runs it after the code is deployed; it may be run again.
set -eu

for name in AZURE_SUBSCRIPTION_ID AZURE_RESOURCE_GROUP AZURE_FUNCTION_APP_NAME AZURE_FUNCTION_APP_URL \
    AZURE_EVENTGRID_TOPIC_NAME CV_INBOX_CONTAINER; do
    eval "value=\${$name:-}"
    if [ -z "$value" ]; then
        echo "postdeploy: $name is not set. Run 'azd provision', then 'azd hooks run postdeploy'." >&2
        exit 1
    fi
done
if ! command -v az >/dev/null 2>&1; then
    echo "postdeploy: the Azure CLI (az) is missing. Install it, run 'az login', then 'azd hooks run postdeploy'." >&2
    exit 1
fi

trigger=on_cv_uploaded
attempts=${POSTDEPLOY_ATTEMPTS:-30}
pause_seconds=${POSTDEPLOY_PAUSE_SECONDS:-10}

# The host makes the key when it first loads the trigger, and takes a while to do so after a deployment.
key=
attempt=1
while :; do
    key=$(az functionapp keys list --subscription "$AZURE_SUBSCRIPTION_ID" \
        --resource-group "$AZURE_RESOURCE_GROUP" --name "$AZURE_FUNCTION_APP_NAME" \
        --query systemKeys.blobs_extension --output tsv) || key=
    [ -n "$key" ] && [ "$key" != None ] && break
    if [ "$attempt" -ge "$attempts" ]; then
        echo "postdeploy: the app has no blobs_extension key yet. Check that $trigger is among its functions" \
            "(az functionapp function list), then 'azd hooks run postdeploy'." >&2
        exit 1
    fi
    echo "postdeploy: waiting for the app to load its triggers ($attempt of $attempts)"
    attempt=$((attempt + 1))
    sleep "$pause_seconds"
done

endpoint="$AZURE_FUNCTION_APP_URL/runtime/webhooks/blobs?functionName=Host.Functions.$trigger&code=$key"

# Creates or updates: running it twice leaves one subscription. The key is never printed.
az eventgrid system-topic event-subscription create --subscription "$AZURE_SUBSCRIPTION_ID" \
    --resource-group "$AZURE_RESOURCE_GROUP" --system-topic-name "$AZURE_EVENTGRID_TOPIC_NAME" \
    --name cv-inbox-created --endpoint-type webhook --endpoint "$endpoint" \
    --included-event-types Microsoft.Storage.BlobCreated \
    --subject-begins-with "/blobServices/default/containers/$CV_INBOX_CONTAINER/" \
    --output none

echo "postdeploy: CVs dropped into $CV_INBOX_CONTAINER now start $trigger"
