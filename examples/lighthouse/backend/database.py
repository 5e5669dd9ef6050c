from motor.motor_asyncio import AsyncIOMotorClient

from settings import settings

client = AsyncIOMotorClient(settings.mongodb_url, serverSelectionTimeoutMS=5000)
database = client[settings.database_name]
