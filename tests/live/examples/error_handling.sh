#!/bin/bash

API_KEY="hst_live_your_key_here"
ROOM_ID="room_abc123"

# Make request and capture HTTP status code
HTTP_STATUS=$(curl -s -o response.json -w "%{http_code}" \
-H "X-API-Key: $API_KEY" \
"https://api.hyperstudy.io/api/v3/data/events/room/$ROOM_ID")

if [ $HTTP_STATUS -eq 200 ]; then
echo "Success! Retrieved data:"
cat response.json | jq '.data | length'
echo "events"
elif [ $HTTP_STATUS -eq 401 ]; then
echo "Error: Invalid API key"
elif [ $HTTP_STATUS -eq 404 ]; then
echo "Error: Room not found"
else
echo "Error: HTTP $HTTP_STATUS"
cat response.json
fi

rm response.json
