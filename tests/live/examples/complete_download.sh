#!/bin/bash
# complete_download.sh - Download all data for a room

set -e # Exit on error

# Configuration
API_KEY="${HYPERSTUDY_API_KEY}"
ROOM_ID="$1"
OUTPUT_DIR="data_${ROOM_ID}_$(date +%Y%m%d_%H%M%S)"

if [ -z "$API_KEY" ]; then
echo "Error: HYPERSTUDY_API_KEY environment variable not set"
exit 1
fi

if [ -z "$ROOM_ID" ]; then
echo "Usage: $0 <room_id>"
exit 1
fi

# Create output directory
mkdir -p "$OUTPUT_DIR"
cd "$OUTPUT_DIR"

echo "Downloading data for room: $ROOM_ID"

# Download each data type
for DATA_TYPE in events recordings chat sync ratings/continuous; do
FILENAME=$(echo $DATA_TYPE | tr '/' '_')
echo " Downloading $DATA_TYPE..."

curl -s -H "X-API-Key: $API_KEY" \
"https://api.hyperstudy.io/api/v3/data/$DATA_TYPE/room/$ROOM_ID?format=csv" \
> "${FILENAME}.csv"

LINES=$(wc -l < "${FILENAME}.csv")
echo " Saved ${FILENAME}.csv ($LINES lines)"
done

echo "Download complete! Files saved to: $OUTPUT_DIR"
ls -lh
